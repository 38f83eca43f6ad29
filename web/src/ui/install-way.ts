// How one installs Aparté in a browser that does not offer it by itself. Only the name of the browser tells.

export type Way = 'installed' | 'ios' | 'mac' | 'android' | 'menu' | 'none';

export interface Here {
  agent: string; // navigator.userAgent
  fingers: number; // navigator.maxTouchPoints: an iPad calls itself a Macintosh
  standalone: boolean; // opened from its icon
}

export function wayOf({ agent, fingers, standalone }: Here): Way {
  if (standalone) return 'installed';
  if (/iPhone|iPad|iPod/.test(agent) || (agent.includes('Macintosh') && fingers > 1)) return 'ios';
  if (agent.includes('Android')) return 'android';
  if (agent.includes('Firefox')) return 'none';
  if (agent.includes('Macintosh') && !/Chrom|Edg/.test(agent)) return 'mac';
  return 'menu';
}

export const wayHere = (): Way =>
  wayOf({
    agent: navigator.userAgent,
    fingers: navigator.maxTouchPoints,
    standalone:
      matchMedia('(display-mode: standalone)').matches ||
      (navigator as { standalone?: boolean }).standalone === true, // Safari on iOS
  });
