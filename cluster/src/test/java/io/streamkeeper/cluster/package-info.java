/** Tests of the replicated log: its parts alone, and three members in one JVM whose network the tests control. */
@NullMarked
package io.streamkeeper.cluster;

import org.jspecify.annotations.NullMarked;
