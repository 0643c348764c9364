// On the HTTP output of a function in payload mode: what Azure's host would make of it.
import { defineRemark } from '../remark.ts';

export const lengthCorrected = defineRemark('LENGTH_CORRECTED', (written: string, bytes: number) => ({
  message: `on Azure: the header content-length is sent as "${written}", although the body has ${bytes} bytes, so the response breaks off or never ends; here it is corrected.`,
  hint: 'Leave the header out: the host counts.',
}));

export const headerHopByHop = defineRemark('HEADER_HOP_BY_HOP', (name: string) => ({
  message: `on Azure: the header "${name}" is sent; here it is left out, because it speaks of a connection.`,
  hint: 'Leave it out: the connection to the caller belongs to the host.',
}));

export const headerNull = defineRemark('HEADER_NULL', (name: string) => ({
  message: `on Azure: the header "${name}" is null, so the caller gets 500; here it is left out.`,
  hint: 'Leave it out, or give it a text.',
}));

/** `what`: `"a b" is no name for a header`. */
export const headerForbidden = defineRemark('HEADER_FORBIDDEN', (what: string) => ({
  message: `on Azure: ${what}, so the caller gets 500; here it is left out.`,
  hint: 'A name is of letters, digits and "-"; a value has no line breaks and no other control characters.',
}));

export const headerList = defineRemark('HEADER_LIST', (name: string) => ({
  message: `on Azure: the header "${name}" is an array, so the caller gets 500; here each element is a header of its own.`,
  hint: 'Write one text. Most headers take several values with commas between them; Set-Cookie does not.',
}));

export const headerNotAscii = defineRemark('HEADER_NOT_ASCII', (name: string) => ({
  message: `on Azure: the value of the header "${name}" is not ASCII, so the caller gets 500; here it is sent as UTF-8.`,
  hint: 'Encode it, for example with encodeURIComponent.',
}));

/** `here`: `here the declared one is used`. */
export const charsetDeclared = defineRemark('CHARSET_DECLARED', (charset: string, here: string) => ({
  message: `on Azure: charset=${charset} is replaced and the body sent as utf-8; ${here}.`,
  hint: 'Declare utf-8, or no charset.',
}));
