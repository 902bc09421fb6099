/** What servers cost without load and after it: their start, their memory, and their restart. */
@NullMarked
package io.streamkeeper.bench.footprint;

import org.jspecify.annotations.NullMarked;
