// A program for another machine, or for another flavour of this one.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { HostError } from '../core/error.ts';
import { workerLoaderMissing, workerProgramForeign } from '../core/errors/handler.ts';
import type { Machine } from '../platform/machine.ts';
import type { ProgramHeader } from './binary-header.ts';

type Program = Extract<ProgramHeader, { kind: 'program' }>;

const ALSO_RUNS: Readonly<Record<string, readonly string[]>> = {
  'linux/x64': ['ia32'],
  'linux/arm64': ['arm'],
  // By Rosetta.
  'darwin/arm64': ['x64'],
  'win32/x64': ['ia32'],
  'win32/arm64': ['x64', 'ia32', 'arm'],
};

export function checkMachine(file: string, { platform, archs }: Program, machine: Machine): HostError | undefined {
  const here = `${machine.platform}/${machine.arch}`;
  const suited = [machine.arch, ...(ALSO_RUNS[here] ?? [])];
  if (platform === machine.platform && (archs.length === 0 || archs.some((arch) => suited.includes(arch)))) return undefined;
  const builtFor = `a ${SYSTEMS[platform] ?? platform} program${archs.length > 0 ? ` for ${archs.join(' and ')}` : ''}`;
  return workerProgramForeign({ file, builtFor, machine: here, advice: advise(file, machine) });
}

export function checkLoader(file: string, loader: string | undefined): HostError | undefined {
  if (loader === undefined || existsSync(loader)) return undefined;
  return workerLoaderMissing({ file, loader, builtFor: loader.includes('musl') ? 'musl, such as Alpine' : 'glibc, such as Debian' });
}

const SYSTEMS: Readonly<Record<string, string>> = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' };
const GO_SYSTEMS: Readonly<Record<string, string>> = { win32: 'windows' };
const GO_ARCHS: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le' };

function advise(file: string, { platform, arch }: Machine): string {
  const name = basename(file);
  if (/\.dll$/i.test(name)) return `dotnet runs it: "defaultExecutablePath": "dotnet", "arguments": ["${name}"].`;
  const withoutExe = file.replace(/\.exe$/i, '');
  if (withoutExe !== file && existsSync(withoutExe)) return `There is "${basename(withoutExe)}" beside it: write that in host.json.`;
  return `Build it for this machine; in Go: GOOS=${GO_SYSTEMS[platform] ?? platform} GOARCH=${GO_ARCHS[arch] ?? arch} go build.`;
}
