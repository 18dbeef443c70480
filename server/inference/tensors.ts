import type { ModelInferResponse, TensorHeader } from './tritonService.ts';

/** A tensor on the wire: its header, and its elements in row-major order, little-endian. */
export interface Tensor extends TensorHeader {
  data: Buffer;
}

/** Outputs of one response, by name. */
export type Outputs = ReadonlyMap<string, Tensor>;

const LENGTH_BYTES = 4;

/** BYTES[shape]: each element is its length as UINT32, then its bytes; of a text, its UTF-8. */
export function bytesTensor(name: string, elements: readonly (string | Buffer)[], shape: number[]): Tensor {
  const parts = elements.flatMap((element) => {
    const bytes = typeof element === 'string' ? Buffer.from(element) : element;
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return { name, datatype: 'BYTES', shape, data: Buffer.concat(parts) };
}

export function textTensor(name: string, texts: readonly string[], shape: number[]): Tensor {
  return bytesTensor(name, texts, shape);
}

/** BOOL[1,1] */
export function flagTensor(name: string, value: boolean): Tensor {
  return { name, datatype: 'BOOL', shape: [1, 1], data: Buffer.of(value ? 1 : 0) };
}

/** INT16[1,n]: one row of a batch. `data` holds n samples. */
export function audioTensor(name: string, data: Buffer): Tensor {
  return { name, datatype: 'INT16', shape: [1, data.length / Int16Array.BYTES_PER_ELEMENT], data };
}

/** The elements of a BYTES tensor, without copying them. @throws RangeError where it was cut short. */
export function readBytes(tensor: Tensor): Buffer[] {
  const elements: Buffer[] = [];
  let offset = 0;
  while (offset < tensor.data.length) {
    const start = offset + LENGTH_BYTES;
    const end = start + tensor.data.readUInt32LE(offset);
    if (end > tensor.data.length) throw new RangeError(`${tensor.name} is cut short`);
    elements.push(tensor.data.subarray(start, end));
    offset = end;
  }
  return elements;
}

/** The elements of a BYTES tensor as UTF-8. @throws RangeError where it was cut short. */
export function readTexts(tensor: Tensor): string[] {
  return readBytes(tensor).map((bytes) => bytes.toString('utf8'));
}

/** The elements of an INT16 tensor. */
export function readInt16s(tensor: Tensor): Int16Array {
  return new Int16Array(aligned(tensor, 'INT16'));
}

/** The elements of an INT32 tensor. */
export function readInt32s(tensor: Tensor): Int32Array {
  return new Int32Array(aligned(tensor, 'INT32'));
}

/** The elements of an FP32 tensor. */
export function readFloats(tensor: Tensor): Float32Array {
  return new Float32Array(aligned(tensor, 'FP32'));
}

/** The elements of an INT64 tensor, which must be exact as numbers. */
export function readInt64s(tensor: Tensor): number[] {
  return Array.from(new BigInt64Array(aligned(tensor, 'INT64')), Number);
}

/** @throws RangeError where `outputs` has no tensor of that name */
export function outputOf(outputs: Outputs, name: string): Tensor {
  const tensor = outputs.get(name);
  if (tensor === undefined) throw new RangeError(`${name} is missing`);
  return tensor;
}

/** A copy that begins where typed arrays may. @throws RangeError where it is of another type */
function aligned({ name, data, datatype }: Tensor, expected: string): ArrayBuffer {
  if (datatype !== expected) throw new RangeError(`${name} is ${datatype}, not ${expected}`);
  return Uint8Array.from(data).buffer;
}

export function readOutputs(response: ModelInferResponse): Outputs {
  return new Map(
    response.outputs.map((header, index) => [
      header.name,
      { ...header, data: response.raw_output_contents[index] ?? Buffer.alloc(0) },
    ]),
  );
}

export function isFinal(response: ModelInferResponse): boolean {
  return response.parameters.triton_final_response?.bool_param === true;
}
