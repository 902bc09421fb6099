/**
 * The commands for the streams of a running server, and for its cluster, over HTTP. They load neither Netty's transports nor the logging
 * library, because a command lasts a fraction of a second.
 *
 * <p>To read in this order: {@link io.streamkeeper.server.cli.remote.RemoteCommands}, which runs one of them; {@code
 * Console}, what surrounds a command; {@code RemoteCommand}, {@code StreamCommand}, {@code Connection}, {@code StartFlags}
 * and {@link io.streamkeeper.server.cli.remote.HelpFlag}, what commands have in common; the commands; {@code LineBatches},
 * the input of an append; {@code MessageLines}, the output of JSON messages; {@code LastLines}, where the end of a text
 * begins; {@code ListFormat}, the output of a listing; {@code ClusterCommand} and {@code MemberCommands}, with {@code AdminConnection}, {@code JsonTree} and
 * {@code ClusterTable}; {@link io.streamkeeper.server.cli.remote.ExitStatus}; {@link io.streamkeeper.server.cli.remote.Suggestions}. Runs on the main
 * thread; a listener of {@code TailCommand} runs on threads of the client.
 */
@NullMarked
package io.streamkeeper.server.cli.remote;

import org.jspecify.annotations.NullMarked;
