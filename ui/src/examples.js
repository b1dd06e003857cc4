// The operations that the first visit finds in its tabs; the service may have none to show.

// The service has an example for everything it can do, in a good order; more tabs than fit would hide them all.
const TABS = 9;

export async function loadExamples() {
  try {
    const response = await fetch("/examples.json", { headers: { Accept: "application/json" } });
    if (!response.ok) return [];
    return (await response.json()).slice(0, TABS).map(({ title, query, variables }) => ({
      query: title ? `# ${title}\n${query}` : query,
      variables: variables && JSON.stringify(variables, null, 2),
    }));
  } catch {
    return [];
  }
}
