import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Whether a process with this number runs. One that has ended and only waits to be collected does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (await statFields(pid))?.[0] !== 'Z';
}

/**
 * Tells a process from a later one that got the same number: the moment it started, in the system's own words.
 * @returns `''` where the system does not say.
 */
export async function startOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return `${boot.trim()}/${(await statFields(pid))?.[19] ?? ''}`;
  }
  return process.platform === 'win32' ? '' : output('ps', ['-o', 'lstart=', '-p', String(pid)]);
}

/** The command line of a process, `''` if there is none or it may not be seen. */
export async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line.split('\0').join(' ').trim();
  }
  if (process.platform === 'win32') {
    const query = `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`;
    return output('powershell', ['-NoProfile', '-Command', query]);
  }
  return output('ps', ['-o', 'command=', '-p', String(pid)]);
}

/** `/proc/<pid>/stat` from the third field (the state) on; the second, the name, may itself hold spaces and brackets. */
async function statFields(pid: number): Promise<string[] | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return line?.slice(line.lastIndexOf(')') + 2).split(' ');
}

async function output(program: string, args: string[]): Promise<string> {
  return exec(program, args, { timeout: 10_000, windowsHide: true }).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}
