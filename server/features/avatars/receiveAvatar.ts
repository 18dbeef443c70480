import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TritoneError } from '../../../shared/errors.ts';
import { participantNameSchema } from '../../../shared/protocol.ts';
import type { NewAvatar } from './avatarStore.ts';
import { kindOf, readPicture } from './readPicture.ts';
import type { ReadVideo } from './readVideo.ts';

/** A phone's film of ten seconds. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;
const LONGEST_CONSENT = 500;
const CONSENT = 'The person shown agrees to this avatar.';

const fieldsSchema = z.object({ name: participantNameSchema });

/**
 * The form of a new avatar: `file`, `name` and `consent` (what was confirmed, or `true`).
 * @throws TritoneError `request.invalid`, `request.too_large`, `avatar.consent_missing`, `avatar.not_a_picture`,
 *   `avatar.picture_too_large`
 */
export async function receiveAvatar(
  request: FastifyRequest,
  readVideo: ReadVideo,
  signal: AbortSignal,
): Promise<NewAvatar> {
  const { file, fields } = await readForm(request);
  const consent = readConsent(fields.consent);
  const parsed = fieldsSchema.safeParse(fields);
  if (!parsed.success)
    throw new TritoneError('request.invalid', { problem: `name: ${parsed.error.issues[0]?.message}` });
  const { name } = parsed.data;
  switch (kindOf(file)) {
    case 'picture':
      return { name, consent, kind: 'portrait', pictures: [await readPicture(file)] };
    case 'video':
      return { name, consent, kind: 'video', pictures: await readVideo(file, signal) };
    case undefined:
      throw new TritoneError('avatar.not_a_picture');
  }
}

async function readForm(request: FastifyRequest): Promise<{ file: Buffer; fields: Record<string, string> }> {
  if (!request.isMultipart()) throw new TritoneError('request.invalid', { problem: 'send a form with the field file' });
  const fields: Record<string, string> = {};
  let file: Buffer | undefined;
  for await (const part of request.parts({
    limits: { fileSize: MAX_FILE_BYTES, files: 1, fields: 10, fieldSize: 4 * LONGEST_CONSENT },
  })) {
    if (part.type === 'file') {
      file = await part.toBuffer().catch((cause: unknown) => {
        if (part.file.truncated)
          throw new TritoneError('request.too_large', { limit: `${MAX_FILE_BYTES / MEGABYTE} MB` });
        throw TritoneError.from(cause, 'request.invalid', { problem: 'the upload broke off' });
      });
    } else if (typeof part.value === 'string') {
      fields[part.fieldname] = part.value;
    }
  }
  if (file === undefined) throw new TritoneError('request.invalid', { problem: 'the form has no field called file' });
  return { file, fields };
}

/** What stands in `consent` is stored as it is; a bare yes as a sentence. @throws TritoneError `avatar.consent_missing` */
function readConsent(text = ''): string {
  const statement = text.replace(/\s+/g, ' ').trim().slice(0, LONGEST_CONSENT);
  if (/^(|false|no|off|0)$/i.test(statement)) throw new TritoneError('avatar.consent_missing', { field: 'consent' });
  return /^(true|yes|on|1)$/i.test(statement) ? CONSENT : statement;
}
