/**
 * Leaks fail the build. {@link io.streamkeeper.storage.leak.LeakRecorder} keeps what Netty's leak detector reports,
 * {@link io.streamkeeper.storage.leak.LeakCheck} fails the test class, and
 * {@link io.streamkeeper.storage.leak.ProcessMemory} takes back what a simulated process has abandoned when it was killed.
 */
package io.streamkeeper.storage.leak;
