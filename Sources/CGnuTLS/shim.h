// GnuTLS as libmicrohttpd already links it; used to make self-signed certificates.
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <gnutls/crypto.h>

static const gnutls_pk_algorithm_t understudy_gnutls_ecdsa = GNUTLS_PK_ECDSA;
static const unsigned int understudy_curve_p256 = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
