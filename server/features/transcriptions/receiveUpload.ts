import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { TritoneError } from '../../../shared/errors.ts';
import { SpooledFile } from './spooledFile.ts';

export interface Upload {
  file: SpooledFile;
  /** Text fields of a form; empty for a raw body. */
  fields: Record<string, string>;
}

/** The file of a form (field `file`), or the raw body. @throws TritoneError `request.invalid`, `request.too_large`, `server.storage_full` */
export async function receiveUpload(request: FastifyRequest, maxBytes: number): Promise<Upload> {
  if (request.isMultipart()) return receiveForm(request, maxBytes);
  const { body } = request;
  if (!(body instanceof Readable)) {
    throw new TritoneError('request.invalid', { problem: 'send a form with the field file, or the sound itself' });
  }
  const file = await SpooledFile.write(body, maxBytes);
  return { file, fields: {} };
}

async function receiveForm(request: FastifyRequest, maxBytes: number): Promise<Upload> {
  const fields: Record<string, string> = {};
  let file: SpooledFile | undefined;
  try {
    for await (const part of request.parts({
      limits: { fileSize: maxBytes + 1, files: 1, fields: 20, fieldSize: 1000 },
    })) {
      if (part.type === 'file') file = await SpooledFile.write(part.file, maxBytes);
      else if (typeof part.value === 'string') fields[part.fieldname] = part.value;
    }
  } catch (cause) {
    await file?.[Symbol.asyncDispose]();
    throw cause;
  }
  if (file === undefined) throw new TritoneError('request.invalid', { problem: 'the form has no field called file' });
  return { file, fields };
}
