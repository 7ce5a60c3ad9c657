import { expect, it } from 'vitest';
import { macOfNetDevice } from './parse-net-name.ts';

it.each([
  ['net_enp5s0f0_44_1e_a1_73_39_26', '44:1e:a1:73:39:26'],
  ['net_storage_1_00_90_fa_5e_88_02', '00:90:fa:5e:88:02'],
  ['net_a_b_c_d_e_f_0a_0b_0c_0d_0e_0f', '0a:0b:0c:0d:0e:0f'],
  ['net_ens11_55_52_54_00_aa_00_01', '52:54:00:aa:00:01'],
  ['net_eth0_AA_BB_CC_DD_EE_FF', 'aa:bb:cc:dd:ee:ff'],
  ['net_lo_00_00_00_00_00_00', '00:00:00:00:00:00'],
  ['net_tun0', null],
  ['net_wg0_', null],
  ['net_eth0_aa_bb_cc_dd_ee', null],
  ['net_eth0_aa_bb_cc_dd_ee_fg', null],
  ['net_ib0_80_00_02_08_fe_80_00_00_00_00_00_00_00_02_c9_03_00_0e_81_b1', null],
])('%s → %s', (name, mac) => {
  expect(macOfNetDevice(name)).toBe(mac);
});
