import { boundText, flag } from '../../core/option-values.ts';

const DOCS = 'https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer';

export const TIMER_OPTIONS = {
  schedule: boundText('settings', {
    doc: 'When the function runs: an NCRONTAB expression of six fields ("second minute hour day month weekday") or of five without the second, or a pause such as "00:05:00".',
    source: `${DOCS}#ncrontab-expressions`,
  }),
  runOnStartup: flag({
    default: false,
    doc: 'Whether the function also runs whenever the host that runs the timer starts.',
    source: `${DOCS}#configuration`,
  }),
  useMonitor: flag({
    default: true,
    doc: 'Whether the last run is remembered, so that a run that was missed is made up for, once. A schedule that comes more than once a minute is never remembered.',
    source: `${DOCS}#configuration`,
  }),
};
