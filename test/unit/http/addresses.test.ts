import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { networkAddresses } from '../../../server/http/addresses.ts';

function at(address: string, internal = false): NetworkInterfaceInfo[] {
  return [{ address, netmask: '255.255.255.0', family: 'IPv4', mac: '00:00:00:00:00:00', internal, cidr: null }];
}

describe('networkAddresses', () => {
  it('puts the address that a second laptop reaches before those of containers and tunnels', () => {
    const interfaces = {
      docker0: at('172.17.0.1'),
      lo: at('127.0.0.1', true),
      wg0: at('10.9.0.2'),
      usb0: at('192.168.7.1'),
      wlan0: at('192.168.1.20'),
    };
    expect(networkAddresses(interfaces)).toEqual(['192.168.1.20', '192.168.7.1', '172.17.0.1', '10.9.0.2']);
  });

  it('leaves out what no one else reaches', () => {
    expect(networkAddresses({ eth0: at('169.254.3.4'), lo: at('127.0.0.1', true) })).toEqual([]);
  });
});
