export type { AvatarInfo, PlaceAvatar, PlacedAvatar, Say, UtteranceInfo, VoiceInfo } from '../../shared/avatars.ts';
export type { Caption, CaptionSource, CaptionWord } from '../../shared/captions.ts';
export { type ErrorCode, TritoneError } from '../../shared/errors.ts';
export { avatarLimits, BUNDLED_AVATAR_ID, limits, roomNamePattern } from '../../shared/limits.ts';
export type { CaptionsStatus } from '../../shared/protocol.ts';
export type { TrackKind, TrackSource } from '../../shared/roomLog.ts';
export type { CaptionTranslation } from '../../shared/translations.ts';
export { type NewAvatar, TritoneAvatars, type TritoneAvatarsOptions, type VoicesOnOffer } from './avatars.ts';
export { type CameraOptions, Capture, type CaptureEvents, type MicrophoneOptions } from './capture.ts';
export type { ConnectionQuality } from './connectionQuality.ts';
export { canCaptureScreen, captureScreen, type DeviceList, listDevices, watchDevices } from './devices.ts';
export { Emitter } from './emitter.ts';
export { LevelMeter } from './levelMeter.ts';
export type { LocalTrack } from './localTrack.ts';
export type { ConnectionStatus, ParticipantChange } from './membership.ts';
export type { PublishOptions } from './publisher.ts';
export type { RemoteTrack } from './remoteTrack.ts';
export {
  type CaptionGap,
  type RoomParticipant,
  type RoomState,
  type RoomTrack,
  recentCaptions,
  transcript,
  translationOf,
} from './roomState.ts';
export {
  searchTranscripts,
  type TranscriptHit,
  type TranscriptHits,
  type TranscriptSearch,
} from './searchTranscripts.ts';
export { type JoinOptions, TritoneRoom, type TritoneRoomEvents } from './tritoneRoom.ts';
export { watchCaptionsStatus } from './watchCaptionsStatus.ts';
