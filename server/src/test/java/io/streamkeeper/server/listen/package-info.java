/**
 * Tests of listeners. {@link io.streamkeeper.server.listen.ListenContract} holds for every source of streams;
 * {@link io.streamkeeper.server.listen.ListenServer} is the server that is listened to, {@link
 * io.streamkeeper.server.listen.StubServer} one that answers as a test wants, {@link io.streamkeeper.server.listen.CuttingProxy}
 * a network that breaks, {@link io.streamkeeper.server.listen.Recorder} a listener that keeps what it is told.
 */
@NullMarked
package io.streamkeeper.server.listen;

import org.jspecify.annotations.NullMarked;
