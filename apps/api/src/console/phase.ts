import type { GroupcallStatus } from '@groupcall/groupcall/resources';
import type { Phase } from './console.resources.js';

export function phaseOf(status: GroupcallStatus, winnerLegId: string | null): Phase {
  switch (status) {
    case 'progressing':
      return winnerLegId === null ? 'ringing' : 'talking';
    case 'hangingup':
      return 'hangingup';
    case 'hangup':
      return 'ended';
  }
}
