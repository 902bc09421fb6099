/**
 * The registry: a stream in which the server records the streams that are created and deleted. In reading order: {@link
 * io.streamkeeper.server.registry.Registry}, the thread that writes it; {@code RegistryStream}, its operations on the
 * streams; {@code RegistryMessages}, the messages; {@code RegistryFold}, what the messages say.
 *
 * <p>Owned by the thread of the registry, which may block.
 */
@NullMarked
package io.streamkeeper.server.registry;

import org.jspecify.annotations.NullMarked;
