/**
 * What the operator can set: one small immutable record for each concern, validated when it is made.
 */
@NullMarked
package io.streamkeeper.server.config;

import org.jspecify.annotations.NullMarked;
