console.log('connecting');
console.error('no database at db');
console.error('giving up');
process.exitCode = 1;
