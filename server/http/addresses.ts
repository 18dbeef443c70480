import { networkInterfaces } from 'node:os';

/** Interfaces of containers, virtual machines and tunnels: a second laptop rarely reaches them. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|tun|tap|wg|tailscale|zt|cni|flannel|lxc|lxd|podman)/;
const PHYSICAL = /^(en|eth|wl|ww|bond|br\d)/;

/**
 * This machine's IPv4 addresses that another machine may reach, the likeliest first. Link-local ones (RFC 3927) are
 * left out. Set-up ranks them in the same way for the certificate and the doctor (scripts/setup/network.mjs).
 */
export function networkAddresses(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string[] {
  return Object.entries(interfaces)
    .flatMap(([name, entries = []]) => entries.map((entry) => ({ ...entry, rank: rankOf(name) })))
    .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ address }) => address);
}

function rankOf(name: string): number {
  if (VIRTUAL.test(name)) return 2;
  return PHYSICAL.test(name) ? 0 : 1;
}
