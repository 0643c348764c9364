/** From SIGTERM to SIGKILL, for a handler that has nothing under way any more. docs/lifecycle.md lists it with the other limits. */
export const HANDLER_STOP_MS = 5000;
