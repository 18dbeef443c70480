import { useEffect, useState } from 'react';
import { type DeviceList, listDevices, watchDevices } from '../../../sdk/index.ts';

/** Devices of this machine. `opened` changes when the page was allowed to use one: labels come with that. */
export function useDevices(opened: unknown): DeviceList {
  const [devices, setDevices] = useState<DeviceList>({ microphones: [], cameras: [], speakers: [] });
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again once a device is opened
  useEffect(() => {
    let stale = false;
    const read = () =>
      void listDevices().then((list) => {
        if (!stale) setDevices(list);
      });
    read();
    const stop = watchDevices(read);
    return () => {
      stale = true;
      stop();
    };
  }, [opened]);
  return devices;
}
