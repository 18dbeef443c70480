/** `en` of `en-US`: what models tell apart. */
export function primaryTag(language: string): string {
  return language.toLowerCase().split(/[-_]/)[0] ?? language;
}
