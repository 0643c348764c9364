// Which members of Azurite's documents are compared as dates. JSON has none: from the index and the journals they come back as text, which is neither
// before nor after any date, so that each lease would have expired and no message ever would. Of all others Azurite makes dates itself before it uses them.
'use strict';

const OF_LEASES = ['leaseExpireTime', 'leaseBreakTime'];

/** By collection. The rest, and what users call their own members, is text: a row of a table may have a `leaseExpireTime` as well. */
const DATES = new Map([
  ['$CONTAINERS_COLLECTION$', OF_LEASES],
  ['$BLOBS_COLLECTION$', OF_LEASES],
  // When a message is visible again is a number.
  ['$MESSAGES_COLLECTION$', ['expirationTime']],
]);

/** Changes the document, as it was read from JSON. */
exports.reviveDates = (collectionName, document) => {
  for (const name of DATES.get(collectionName) ?? []) if (typeof document[name] === 'string') document[name] = new Date(document[name]);
};
