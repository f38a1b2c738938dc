//! The encrypted way to a mail server: its certificate must be that of the host, and known or of one's own authority.

use std::sync::Arc;

use kizashi_domain::intake::mail::{MailboxAddress, MailboxFault};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::fault;

/// Encrypts a connection.
pub async fn guard(address: &MailboxAddress, tcp: TcpStream) -> Result<TlsStream<TcpStream>, MailboxFault> {
    let name = ServerName::try_from(address.host.clone()).map_err(|e| fault("tls", e))?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| fault("tls", e))?
        .with_root_certificates(roots(&address.authority)?)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(name, tcp).await.map_err(|e| fault("tls", e))
}

fn roots(authority: &str) -> Result<RootCertStore, MailboxFault> {
    let mut roots = RootCertStore::empty();
    if authority.trim().is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(roots);
    }
    for certificate in CertificateDer::pem_slice_iter(authority.as_bytes()) {
        let certificate = certificate.map_err(|e| fault("tls", format!("the authority is no PEM: {e}")))?;
        roots.add(certificate).map_err(|e| fault("tls", format!("the authority cannot be used: {e}")))?;
    }
    if roots.is_empty() {
        return Err(fault("tls", "the authority holds no certificate"));
    }
    Ok(roots)
}
