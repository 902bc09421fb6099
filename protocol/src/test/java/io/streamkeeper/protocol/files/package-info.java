/** Folders of tests. */
@NullMarked
package io.streamkeeper.protocol.files;

import org.jspecify.annotations.NullMarked;
