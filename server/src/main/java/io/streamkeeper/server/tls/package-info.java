/**
 * TLS: the certificate and key of a server. To read in this order: {@link io.streamkeeper.server.tls.TlsIdentity} holds
 * the current ones and replaces them when {@code TlsFiles} change; {@code TlsContexts} creates them, with {@code
 * PemFile} and {@code PrivateKeys}; {@link io.streamkeeper.server.tls.ClientCertificate} reads the certificate of a
 * client. The package {@code http} adds TLS to a connection.
 *
 * <p>An identity is used by all loops, and replaced by a thread of its own.
 */
@NullMarked
package io.streamkeeper.server.tls;

import org.jspecify.annotations.NullMarked;
