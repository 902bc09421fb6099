/**
 * Tests of listeners on the streams of a server, in its process and over HTTP. {@link
 * io.streamkeeper.server.listen.ListenContract} holds for every source of streams; {@link
 * io.streamkeeper.server.listen.ListenServer} is the server that is followed, {@link
 * io.streamkeeper.server.listen.CuttingProxy} a network that breaks.
 */
@NullMarked
package io.streamkeeper.server.listen;

import org.jspecify.annotations.NullMarked;
