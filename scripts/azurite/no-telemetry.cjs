// In the place of Azurite's telemetry, so that there is none to be switched off.
'use strict';
exports.AzuriteTelemetryClient = { init() {}, TraceRequest() {}, async TraceStartEvent() {}, TraceStopEvent() {} };
