// faults/reloads.ts writes it anew in the copy that runs, which is a change of the handler's source.
module.exports = 0;
