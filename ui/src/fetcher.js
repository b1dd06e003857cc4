// How GraphiQL asks: queries and mutations by POST, subscriptions over graphql-transport-ws, both at this page's path.
import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";

const PATH = "/graphql";

export function createFetcher(sharedHeaders) {
  return (request, { headers: ownHeaders = {} } = {}) => {
    const headers = merge(sharedHeaders, ownHeaders);
    return isSubscription(request) ? subscribe(request, headers) : post(request, headers);
  };
}

// Header names do not mind their case; a tab's own header takes the place of the shared one.
function merge(shared, own) {
  const taken = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept = Object.entries(shared).filter(([name]) => !taken.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...own };
}

function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === "subscription";
  } catch {
    return false; // a faulty document: the server says what is wrong with it
  }
}

async function post(request, headers) {
  const response = await fetch(PATH, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Accept: "application/graphql-response+json, application/json;q=0.9",
      ...headers,
    },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`HTTP ${response.status} ${response.statusText}: ${text.slice(0, 500)}`);
  }
}

// One socket per subscription, so that each starts with the credentials of its moment.
async function* subscribe(request, headers) {
  const client = createClient({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${PATH}`,
    connectionParams: headers,
    retryAttempts: 0, // a silent reconnect would hide what was missed; resume with `after: Cursor`
  });
  try {
    yield* client.iterate(request);
  } catch (failure) {
    throw failure instanceof CloseEvent
      ? new Error(`The socket was closed: ${failure.code} ${failure.reason || "without a reason"}`)
      : failure;
  } finally {
    client.dispose();
  }
}
