// The API key and the customer token: kept for this window only, sent as headers.
// `/graphql#key=tear_sk_…` hands the key over; a fragment never reaches the server and is taken off the address at once.

const KEY = "tearoff.key";
const CUSTOMER_TOKEN = "tearoff.customerToken";

export function readCredentials() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return {
    key: sessionStorage.getItem(KEY) ?? "",
    customerToken: sessionStorage.getItem(CUSTOMER_TOKEN) ?? "",
  };
}

export function storeCredentials({ key, customerToken }) {
  sessionStorage.setItem(KEY, key);
  sessionStorage.setItem(CUSTOMER_TOKEN, customerToken);
}

export function asHeaders({ key, customerToken }) {
  return {
    ...(key && { Authorization: `Bearer ${key.replace(/^Bearer\s+/i, "")}` }),
    ...(customerToken && { "X-Customer-Token": customerToken }),
  };
}
