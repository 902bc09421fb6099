/**
 * What tests of listeners use, in this module and in the server: {@link io.streamkeeper.client.recording.Recorder}, a
 * listener that keeps what it is called with, and {@link io.streamkeeper.client.recording.Demanding}, a subscriber that
 * requests what its test requests. Safe for use by any thread.
 */
@NullMarked
package io.streamkeeper.client.recording;

import org.jspecify.annotations.NullMarked;
