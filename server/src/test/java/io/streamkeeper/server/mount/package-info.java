/**
 * Streamkeeper mounted in a pipeline that is not its own: {@link io.streamkeeper.server.mount.MountingServer} is
 * a Netty server with {@link io.streamkeeper.server.mount.OwnHandler} after the mount.
 */
@NullMarked
package io.streamkeeper.server.mount;

import org.jspecify.annotations.NullMarked;
