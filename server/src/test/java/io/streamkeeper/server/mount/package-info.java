/**
 * Streamkeeper mounted in a pipeline that is not its own: {@link io.streamkeeper.server.mount.MountingServer} is
 * somebody's Netty server with {@link io.streamkeeper.server.mount.OwnHandler} behind the mount.
 */
@NullMarked
package io.streamkeeper.server.mount;

import org.jspecify.annotations.NullMarked;
