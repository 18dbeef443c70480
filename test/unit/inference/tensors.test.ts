import { describe, expect, it } from 'vitest';
import { inferRequest } from '../../../server/inference/inferRequest.ts';
import { audioTensor, isFinal, readOutputs, readTexts, textTensor } from '../../../server/inference/tensors.ts';

describe('tensors on the wire', () => {
  it('writes each text behind its length in bytes, and reads it back', () => {
    const tensor = textTensor('EVENT', ['ok', 'naïve 😀', ''], [3]);
    expect(tensor.data.readUInt32LE(0)).toBe(2);
    expect(tensor.data.subarray(4, 6).toString()).toBe('ok');
    expect(readTexts(tensor)).toEqual(['ok', 'naïve 😀', '']);
  });

  it('does not read past a tensor that was cut short', () => {
    const tensor = textTensor('EVENT', ['hello'], [1]);
    expect(() => readTexts({ ...tensor, data: tensor.data.subarray(0, 7) })).toThrow(RangeError);
    expect(() => readTexts({ ...tensor, data: tensor.data.subarray(0, 2) })).toThrow(RangeError);
  });

  it('sends sound as one row of a batch, and no sound as a row without samples', () => {
    expect(audioTensor('AUDIO', Buffer.alloc(320))).toMatchObject({ datatype: 'INT16', shape: [1, 160] });
    expect(audioTensor('AUDIO', Buffer.alloc(0)).shape).toEqual([1, 0]);
  });

  it('finds outputs by name and the final flag among the parameters', () => {
    const { data, ...header } = textTensor('EVENT', ['x'], [1, 1]);
    const response = {
      model_name: 'm',
      id: '0',
      parameters: { triton_final_response: { bool_param: true } },
      outputs: [header],
      raw_output_contents: [data],
    };
    expect(readOutputs(response).get('EVENT')?.data).toBe(data);
    expect(isFinal(response)).toBe(true);
    expect(isFinal({ ...response, parameters: {} })).toBe(false);
  });
});

describe('a request', () => {
  it('always asks for the empty final response', () => {
    const { parameters } = inferRequest({ model: 'm', id: '1', inputs: [] });
    expect(parameters).toEqual({ triton_enable_empty_final_response: { bool_param: true } });
  });

  it('flags START and END only where they are meant', () => {
    const flags = (start: boolean, end: boolean) =>
      inferRequest({ model: 'm', id: '1', inputs: [], sequence: { id: 7, start, end } }).parameters;
    expect(flags(true, false)).toMatchObject({ sequence_id: { int64_param: 7 }, sequence_start: { bool_param: true } });
    expect(flags(true, false)).not.toHaveProperty('sequence_end');
    expect(flags(false, true)).not.toHaveProperty('sequence_start');
    expect(flags(false, true)).toMatchObject({ sequence_end: { bool_param: true } });
  });

  it('keeps contents in the order of their headers', () => {
    const inputs = [audioTensor('AUDIO', Buffer.from([1, 0])), textTensor('OPTIONS', ['{}'], [1, 1])];
    const request = inferRequest({ model: 'm', id: '1', inputs });
    expect(request.inputs.map((input) => input.name)).toEqual(['AUDIO', 'OPTIONS']);
    expect(request.raw_input_contents).toEqual(inputs.map((input) => input.data));
  });
});
