/** Why a text is no route template. The function that has it is disabled; the others serve. */
export type RouteTemplateFault = {
  readonly kind: 'fault';
  /** What is wrong, with the text and the character, counted from 1. */
  readonly message: string;
  readonly hint: string;
  /** What Azure's host says, flattened; the part after the first sentence only where it was observed. */
  readonly azureMessage: string;
};

/** A fault before the parser has said where it is. `what` completes "The route … ". */
export type Complaint = { readonly kind: 'complaint'; readonly what: string; readonly hint: string; readonly azureDetail?: string };

export function complaint(what: string, hint: string, azureDetail?: string): Complaint {
  return { kind: 'complaint', what, hint, ...(azureDetail !== undefined && { azureDetail }) };
}

export function templateFault(
  text: string,
  functionName: string,
  index: number,
  { what, hint, azureDetail }: Complaint,
): RouteTemplateFault {
  const azureMessage = `An error occurred while creating the route with name '${functionName}' and template '${text}'.`;
  return {
    kind: 'fault',
    message: `The route "${text}" ${what} (character ${index + 1}).`,
    hint,
    azureMessage: azureDetail === undefined ? azureMessage : `${azureMessage} ${azureDetail}`,
  };
}
