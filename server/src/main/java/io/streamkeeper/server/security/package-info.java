/**
 * Who may do what. {@link io.streamkeeper.server.security.SecurityPolicy} is the seam: it turns the {@link
 * io.streamkeeper.server.security.Credentials} of a request into a {@link
 * io.streamkeeper.server.security.Principal}, and decides which {@link io.streamkeeper.server.security.Action} a
 * principal may take on which path. An application may implement it.
 *
 * <p>{@link io.streamkeeper.server.security.ConfiguredPolicy} is the policy of the configuration: {@code StaticTokens},
 * {@code SigningKeys} and {@code PolicyRules}, with {@code Grant} and {@code PathPattern}, are the contents of its
 * files, which {@code WatchedFile} reads again when they change, through {@code SecretFile}. {@code JwtAuthenticator}
 * authenticates JSON Web Tokens by {@code JwtRules} and {@code JwtKeys}, which {@code JwksFetch} fetches. {@link
 * io.streamkeeper.server.security.AuditLog} records what was decided. Policies are asked on event loops and do not
 * block: threads of their own read files, fetch keys, verify signatures and write the audit log.
 */
@NullMarked
package io.streamkeeper.server.security;

import org.jspecify.annotations.NullMarked;
