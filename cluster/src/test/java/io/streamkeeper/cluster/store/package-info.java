/** Tests of the replicated log: its parts alone, and three members in one JVM whose network the tests control. */
@NullMarked
package io.streamkeeper.cluster.store;

import org.jspecify.annotations.NullMarked;
