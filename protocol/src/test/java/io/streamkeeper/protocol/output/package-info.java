/**
 * Fails tests that print or log a fault which they do not announce. {@link io.streamkeeper.protocol.output.OutputCheck}
 * is an extension that JUnit finds by {@code META-INF/services} in every module. {@link
 * io.streamkeeper.protocol.output.LoggedFaults} takes what is logged in place of the console, {@link
 * io.streamkeeper.protocol.output.PrintedTraces} reads what is printed, and both add to {@link
 * io.streamkeeper.protocol.output.Faults}. Tests that provoke faults announce them with {@link
 * io.streamkeeper.protocol.output.LogsFaults} or {@link io.streamkeeper.protocol.output.MayLogFaults}. {@link
 * io.streamkeeper.protocol.output.Traces} is for the output of other processes.
 */
@NullMarked
package io.streamkeeper.protocol.output;

import org.jspecify.annotations.NullMarked;
