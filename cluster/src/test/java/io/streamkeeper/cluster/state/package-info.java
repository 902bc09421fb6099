@NullMarked
package io.streamkeeper.cluster.state;

import org.jspecify.annotations.NullMarked;
