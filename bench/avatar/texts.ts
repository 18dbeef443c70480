/** Of our own, some 70 s of speech: what avatars read in a measurement. */
export const PAGE = [
  'The old lighthouse stands on a low rock at the mouth of the bay, where two rivers bring brown water down from the hills.',
  'Every evening the keeper climbs the narrow stairs, wipes the salt from the windows, and lights the big lamp.',
  'From the village one can see the beam pass slowly over the roofs, the boats, and the empty market place.',
  'In summer the children stay up late to count how many times it turns before they fall asleep.',
  'When the fog comes in from the sea, the lamp is of little use, and a deep horn is sounded twice a minute.',
  'People who grew up here say that they sleep better with it, and cannot rest when they are far away.',
  'Last spring a company offered to put in a machine that would do all of the work by itself.',
  'The keeper listened, made a pot of tea, and asked who would talk to the gulls when he was gone.',
  'Nobody had an answer, so the matter was put off until the next meeting, and then until the one after that.',
  'Meanwhile the lamp is lit every evening, the horn is sounded in the fog, and the boats come home.',
].join(' ');

export const SENTENCES = PAGE.split(/(?<=\.) /);
