// GraphiQL with our name, and a place for the credentials that all tabs share.
import { GraphiQL } from "graphiql";
import { useMemo, useState } from "react";
import { createFetcher } from "./fetcher.js";
import { asHeaders, readCredentials, storeCredentials } from "./credentials.js";

const WELCOME = `# Welcome to Tearoff. Paste an API key above, then run this with Ctrl-Enter.
query WhoAmI {
  viewer {
    __typename
  }
}
`;

export function Page({ examples }) {
  const [credentials, setCredentials] = useState(readCredentials);
  const fetcher = useMemo(() => createFetcher(asHeaders(credentials)), [credentials]);

  const [initialVariables] = useState(() => (isFirstVisit() ? examples[0]?.variables : undefined));

  function change(part) {
    const changed = { ...credentials, ...part };
    storeCredentials(changed);
    setCredentials(changed);
  }

  return (
    <>
      <form className="credentials" onSubmit={(event) => event.preventDefault()}>
        <Secret
          id="api-key"
          label="API key"
          placeholder="tear_sk_…"
          value={credentials.key}
          onCommit={(key) => change({ key })}
        />
        <Secret
          id="customer-token"
          label="Customer token"
          placeholder="only with a storefront key"
          value={credentials.customerToken}
          onCommit={(customerToken) => change({ customerToken })}
        />
        <span className="hint">For all tabs and subscriptions; a tab’s own headers win. Forgotten with this window.</span>
      </form>
      <GraphiQL
        fetcher={fetcher}
        defaultTabs={examples.length > 0 ? examples : undefined}
        initialVariables={initialVariables}
        defaultQuery={WELCOME}
        defaultEditorToolsVisibility="variables"
        inputValueDeprecation
        schemaDescription
      >
        <GraphiQL.Logo>
          <span className="logo">Tearoff</span>
        </GraphiQL.Logo>
      </GraphiQL>
    </>
  );
}

// GraphiQL takes only the query of its first default tab; on later visits it remembers the variables itself.
function isFirstVisit() {
  return localStorage.getItem("graphiql:tabState") === null;
}

// Takes effect on Enter or on leaving the field: every change asks for the schema anew.
function Secret({ id, label, placeholder, value, onCommit }) {
  const [text, setText] = useState(value);

  function commit() {
    if (text.trim() !== value) onCommit(text.trim());
  }

  return (
    <label htmlFor={id}>
      {label}
      <input
        id={id}
        type="password"
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => event.key === "Enter" && commit()}
      />
    </label>
  );
}
