"""Constants of nature and unit factors, each used by a formula of this package (CODATA 2018, PDG 2024)."""

import math

LIGHT_SPEED_KM_S = 299_792.458
HBARC_GEV_FM = 0.1973269804
AMU_GEV = 0.93149410242
PROTON_GEV = 0.93827208816
NEUTRON_GEV = 0.93956542052
GEV_PER_KEV = 1e-6
CM_PER_KM = 1e5

KG_PER_GEV = 1.78266192e-27
SECONDS_PER_YEAR = 365.25 * 86_400.0
TONNE_YEAR_IN_GEV_S = 1e3 / KG_PER_GEV * SECONDS_PER_YEAR
"""One tonne year as a rest energy in GeV times a time in s."""

SQRT_PI = math.sqrt(math.pi)
