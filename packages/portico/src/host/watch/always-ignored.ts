// What changes all the time and means nothing, whoever wrote it. No ignore file need name it, and none can bring it back.

/** What Portico itself writes into the root of an app. */
export const OWN_FOLDER = '.portico';

const FOLDERS: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules', OWN_FOLDER, '__pycache__', '.venv']);

const FILES: readonly RegExp[] = [
  // Editors, while they save: vi, Emacs, JetBrains, GNOME. 4913 is how vi finds out whether it may write.
  /~$|^\..*\.sw[a-z]$|^4913$|^\.#|^#.*#$|___jb_(?:tmp|old)___$|^\.goutputstream-/,
  /\.tmp$/i,
  // Deleted, but still open somewhere: NFS and FUSE keep such files under a name of their own.
  /^\.(?:nfs|fuse_hidden)[0-9a-f]+$/,
  /\.pyc$/,
  /^\.DS_Store$/,
  /\.log(?:\.\d+)?(?:\.gz)?$/i,
  // Databases in a file, which the handler itself writes; most are SQLite's, with what it keeps beside them.
  /\.(?:db|sqlite3?)(?:-(?:wal|shm|journal))?$/i,
  // Crash dumps: of the system, of the JVM, of .NET, of Node.
  /^core(?:\.\d+)?$|^hs_err_pid\d+|\.(?:dmp|mdmp|stackdump|heapsnapshot)$|^report\.\d{8}\.\d{6}\..*\.json$/,
];

/** One folder or file of that name; what lies in such a folder is ignored with it. A .git that is a file counts as well. */
export function isIgnoredFolderName(name: string): boolean {
  return FOLDERS.has(name);
}

export function isIgnoredFileName(name: string): boolean {
  return FILES.some((pattern) => pattern.test(name));
}
