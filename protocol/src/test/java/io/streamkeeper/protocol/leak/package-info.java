/**
 * Leaks fail the build. {@link io.streamkeeper.protocol.leak.LeakRecorder} keeps what Netty's leak detector reports,
 * {@link io.streamkeeper.protocol.leak.LeakCheck} fails the test class, and
 * {@link io.streamkeeper.protocol.leak.ProcessMemory} takes back what a simulated process has abandoned when it was
 * killed.
 */
package io.streamkeeper.protocol.leak;
