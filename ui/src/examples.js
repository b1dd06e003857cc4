// The operations that the first visit finds in its tabs; the service may have none to show.

export async function loadExamples() {
  try {
    const response = await fetch("/examples.json", { headers: { Accept: "application/json" } });
    if (!response.ok) return [];
    return (await response.json()).map(({ title, query, variables }) => ({
      query: title ? `# ${title}\n${query}` : query,
      variables: variables && JSON.stringify(variables, null, 2),
    }));
  } catch {
    return [];
  }
}
