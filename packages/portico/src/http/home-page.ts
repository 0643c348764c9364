/** What `/` answers when no function has it. Kubernetes probes of Azure's tools expect a 2xx here. */
export const HOME_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Your function app is running</title>
<style>
  :root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
  body { display: grid; min-height: 90vh; place-content: center; text-align: center; margin: 1rem; }
  h1 { font-weight: 600; margin: 0; }
  p { margin: .5rem 0; opacity: .75; }
</style>
<h1>Your function app is running</h1>
<p>Portico serves it. The terminal it was started from lists its functions and their addresses.</p>
</html>
`;
