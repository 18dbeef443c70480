import { networkInterfaces } from 'node:os';

/** Interfaces of containers, virtual machines and tunnels: a second laptop does not reach them. */
const VIRTUAL = /^(docker|br-|veth|virbr|vmnet|vboxnet|tun|tap|wg|tailscale|zt|cni|flannel|lxc|lxd|podman)/;
const PHYSICAL = /^(en|eth|wl|ww|bond|br\d)/;

function rank(name, address) {
  if (address.startsWith('169.254.')) return 3;
  if (VIRTUAL.test(name)) return 2;
  return PHYSICAL.test(name) ? 0 : 1;
}

/**
 * This machine's IPv4 addresses that other machines may reach, the most likely first.
 * @param {ReturnType<typeof networkInterfaces>} interfaces
 * @returns {string[]}
 */
export function lanAddresses(interfaces = networkInterfaces()) {
  return Object.entries(interfaces)
    .flatMap(([name, entries = []]) => entries.map((entry) => ({ name, ...entry })))
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ name, address }) => ({ address, rank: rank(name, address) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ address }) => address);
}

/** The address that calls announce: the user's, else the likeliest of the network, else this machine alone. */
export function announcedAddress(env = process.env, addresses = lanAddresses()) {
  return env.ANNOUNCED_ADDRESS || addresses[0] || '127.0.0.1';
}
