import { Select } from './Field.tsx';

interface DeviceSelectProps {
  label: string;
  devices: readonly MediaDeviceInfo[];
  value: string | undefined;
  onChange: (deviceId: string) => void;
}

export function DeviceSelect({ label, devices, value, onChange }: DeviceSelectProps) {
  const options = devices.map((device, index) => ({
    value: device.deviceId,
    label: device.label || `${label} ${index + 1}`,
  }));
  if (options.length === 0) options.push({ value: '', label: `No ${label.toLowerCase()} found` });
  const known = devices.some((device) => device.deviceId === value);
  return (
    <Select
      label={label}
      value={known && value !== undefined ? value : (options[0]?.value ?? '')}
      options={options}
      disabled={devices.length === 0}
      onChange={onChange}
    />
  );
}
