// What somebody says of themselves: pronouns, handle, bio.

import type { JSX } from 'preact';

export interface Words {
  handle?: string;
  pronouns?: string;
  bio?: string;
}

export function About({ handle, pronouns, bio }: Words): JSX.Element | null {
  if (!handle && !pronouns && !bio) return null;
  return (
    <div class="about">
      {pronouns && (
        <p class="soft" dir="auto">
          {pronouns}
        </p>
      )}
      {handle && (
        <p class="soft" dir="ltr">
          @{handle}
        </p>
      )}
      {bio && (
        <p class="bio" dir="auto">
          {bio}
        </p>
      )}
    </div>
  );
}
