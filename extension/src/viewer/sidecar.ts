/** Which files are opened as a curve by a double click: JupyterLab tells a file by its name alone. */

/** The file type. */
export const SIDECAR = 'vre-limit-curve';

const QUANTITIES =
  'si|sdn|sdp|e|gae|g_ae|sv|kappa|lifetime|mm|mediator_plane|mu|signal_strength|gq|g_q|gl|g_l|gdm|g_dm|' +
  'epsilon|y_dark_photon|xs|sigma_b|sigma_b_a|sigma_fid_b|br_inv';

/** Names as the catalogue and `vre-dm curves new` give them: quantity, experiment, year. */
export const SIDECAR_NAMES = `^(${QUANTITIES})_([a-z0-9.-]+_)+(19|20)\\d\\d([_.-][a-z0-9_.-]*)?\\.json$`;
