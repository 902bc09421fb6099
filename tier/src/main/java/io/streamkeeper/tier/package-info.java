/**
 * Objects in S3-compatible storage, with the SDK of AWS. {@link io.streamkeeper.tier.S3Provider} is found by the server,
 * and opens {@link io.streamkeeper.tier.S3Objects} at an {@link io.streamkeeper.tier.S3Location}.
 */
@NullMarked
package io.streamkeeper.tier;

import org.jspecify.annotations.NullMarked;
